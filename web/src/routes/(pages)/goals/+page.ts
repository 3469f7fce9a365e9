import { api } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async () => {
  const [goals, library] = await Promise.all([api.goals(), api.library()]);
  return { goals, library };
};
