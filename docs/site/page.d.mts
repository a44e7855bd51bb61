import type { SitePage } from './contents.mjs';

export function withSiteLinks(
  markdown: string,
  file: string,
  pages: readonly Pick<SitePage, 'file' | 'to'>[],
  location: { readonly pages: string; readonly images: string } | undefined,
): string;
export function frontMatter(page: SitePage, title: string): string;
export function titleOf(markdown: string): string;
