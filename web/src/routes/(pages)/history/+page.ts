import { api } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async () => {
  // The list of interviews is worth showing without the levels.
  const progress = api.progress().catch(() => null);
  return { interviews: await api.interviews(), progress: await progress };
};
