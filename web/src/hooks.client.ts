import { ApiError } from '$lib/api';
import type { HandleClientError } from '@sveltejs/kit';

/** What a person reads when a page could not be loaded. */
export const handleError: HandleClientError = ({ error, status }) => {
  if (error instanceof ApiError) return { message: error.message };
  if (status === 404) return { message: 'This page is not here.' };
  console.error(error);
  return { message: 'The page ran into a problem. Your interviews are kept on the server.' };
};
