export interface SitePage {
  readonly file: string;
  readonly to: string;
  readonly text: string;
  readonly description: string;
  readonly keywords: string;
}
export const HOME: SitePage;
export const GROUPS: readonly { readonly text: string; readonly pages: readonly SitePage[] }[];
export const SITE_PAGES: readonly SitePage[];
