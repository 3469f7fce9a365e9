import { redirect } from '@sveltejs/kit';
import { api } from '$lib/api';
import { wasWelcomed } from '$lib/welcome';
import type { PageLoad } from './$types';

export const load: PageLoad = async () => {
  const [status, goals, interviews, nextStep, library] = await Promise.all([
    api.status(),
    api.goals(),
    api.interviews(),
    api.nextStep(),
    api.library(),
  ]);
  const ready = status.abilities.listen && status.abilities.speak;
  if (!ready && interviews.length === 0 && !wasWelcomed()) redirect(307, '/welcome');
  return { status, goals, interviews, nextStep, library };
};
