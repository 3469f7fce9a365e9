import { api } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async () => {
  const [library, goals, status] = await Promise.all([api.library(), api.goals(), api.status()]);
  return { library, goals, status };
};
