import { buildDashboard } from '../../examples/angular-dashboard/build.mjs';

/** The page, made of the sources as they are now by way of a tarball, and its server. */
export default async function serve(project) {
  buildDashboard();
  const { serveDashboard } = await import('../../examples/angular-dashboard/server.mjs');
  const { url, stop } = await serveDashboard();
  project.provide('dashboard', url);
  return stop;
}
