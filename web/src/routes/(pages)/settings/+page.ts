import { api } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async () => {
  const [settings, measures, status, judge] = await Promise.all([
    api.settings(),
    api.measures(),
    api.status(),
    api.judge(),
  ]);
  return { settings, measures, status, judge };
};
