import { api, orMissing } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params }) => {
  const [interview, report] = await orMissing(
    Promise.all([api.interview(params.id), api.report(params.id)]),
  );
  return { interview, report };
};
