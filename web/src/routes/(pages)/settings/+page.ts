import { api } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async () => {
  const [settings, measures, status] = await Promise.all([
    api.settings(),
    api.measures(),
    api.status(),
  ]);
  return { settings, measures, status };
};
