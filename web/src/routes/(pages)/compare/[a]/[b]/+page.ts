import { api, orMissing } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params }) => ({
  comparison: await orMissing(api.compare(params.a, params.b)),
});
