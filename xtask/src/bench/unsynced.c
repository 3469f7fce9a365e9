/*
 * A layer under a program's files that remembers what was written and not synced, so that a power cut can be played:
 * after the program was killed, everything that no fsync had confirmed is taken back.
 *
 * Preloaded (LD_PRELOAD) into the program. Before a write is done, what it overwrites is appended to the journal
 * named by UNSYNCED_JOURNAL; after an fsync has succeeded, a mark is appended that makes the earlier entries of that
 * file void. Only files below UNSYNCED_FOLDER are watched. New files belong to their folder: they vanish
 * unless the folder was synced after them. Files that are deleted stay deleted. Shared memory of the database (-shm) is
 * left alone: it means nothing after a restart.
 *
 * An entry: kind (1 byte), length of the path (4), path, offset (8), size of the file before (8), length of
 * the old bytes (8), old bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { WRITTEN = 'w', SYNCED = 's', MADE = 'm', FOLDER_SYNCED = 'f' };

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static int journal = -1;
static const char *folder;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("UNSYNCED_JOURNAL");
  folder = getenv("UNSYNCED_FOLDER");
  if (path && folder)
    journal = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* The path of a descriptor if it is watched. */
static int watched(int fd, char path[PATH_MAX]) {
  char link[64];
  if (journal < 0)
    return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length <= 0)
    return 0;
  path[length] = 0;
  size_t end = (size_t)length;
  return strncmp(path, folder, strlen(folder)) == 0 && !(end > 4 && strcmp(path + end - 4, "-shm") == 0);
}

static void put(const void *bytes, size_t length) {
  const char *at = bytes;
  while (length > 0) {
    ssize_t done = syscall(SYS_write, journal, at, length);
    if (done <= 0)
      abort();
    at += done;
    length -= (size_t)done;
  }
}

static void entry(char kind, const char *path, uint64_t offset, uint64_t size, const char *old, uint64_t length) {
  uint32_t path_length = (uint32_t)strlen(path);
  size_t total = 1 + 4 + path_length + 24 + length;
  char *all = malloc(total), *at = all;
  if (!all)
    abort();
  *at++ = kind;
  memcpy(at, &path_length, 4), at += 4;
  memcpy(at, path, path_length), at += path_length;
  memcpy(at, &offset, 8), at += 8;
  memcpy(at, &size, 8), at += 8;
  memcpy(at, &length, 8), at += 8;
  if (length)
    memcpy(at, old, length);
  put(all, total);
  free(all);
}

/* Remembers what lies at offset before `length` bytes are written there. */
static void before_write(int fd, const char *path, uint64_t offset, uint64_t length) {
  struct stat now;
  if (fstat(fd, &now) != 0 || !S_ISREG(now.st_mode))
    return;
  uint64_t size = (uint64_t)now.st_size;
  uint64_t old_length = offset >= size ? 0 : (size - offset < length ? size - offset : length);
  char *old = malloc(old_length + 1);
  int reader = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (!old || (old_length && reader < 0))
    abort();
  if (old_length && syscall(SYS_pread64, reader, old, old_length, offset) != (ssize_t)old_length)
    abort();
  if (reader >= 0)
    syscall(SYS_close, reader);
  entry(WRITTEN, path, offset, size, old, old_length);
  free(old);
}

static uint64_t place(int fd) {
  struct stat now;
  if ((fcntl(fd, F_GETFL) & O_APPEND) && fstat(fd, &now) == 0)
    return (uint64_t)now.st_size;
  return (uint64_t)lseek(fd, 0, SEEK_CUR);
}

#define WATCH(fd, offset, length, call)                                                                                \
  char path[PATH_MAX];                                                                                                 \
  if (!watched(fd, path))                                                                                              \
    return call;                                                                                                       \
  pthread_mutex_lock(&one_at_a_time);                                                                                  \
  before_write(fd, path, offset, length);                                                                              \
  ssize_t done = call;                                                                                                 \
  int error = errno;                                                                                                   \
  pthread_mutex_unlock(&one_at_a_time);                                                                                \
  errno = error;                                                                                                       \
  return done;

ssize_t write(int fd, const void *bytes, size_t length) {
  WATCH(fd, place(fd), length, syscall(SYS_write, fd, bytes, length))
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  WATCH(fd, (uint64_t)offset, length, syscall(SYS_pwrite64, fd, bytes, length, offset))
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  WATCH(fd, (uint64_t)offset, length, syscall(SYS_pwrite64, fd, bytes, length, offset))
}

static size_t all_of(const struct iovec *parts, int count) {
  size_t length = 0;
  for (int i = 0; i < count; i++)
    length += parts[i].iov_len;
  return length;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  WATCH(fd, place(fd), all_of(parts, count), syscall(SYS_writev, fd, parts, count))
}

static int cut(int fd, uint64_t length) {
  char path[PATH_MAX];
  struct stat now;
  if (!watched(fd, path) || fstat(fd, &now) != 0)
    return (int)syscall(SYS_ftruncate, fd, length);
  pthread_mutex_lock(&one_at_a_time);
  before_write(fd, path, length, (uint64_t)now.st_size > length ? (uint64_t)now.st_size - length : 0);
  int done = (int)syscall(SYS_ftruncate, fd, length);
  int error = errno;
  pthread_mutex_unlock(&one_at_a_time);
  errno = error;
  return done;
}

int ftruncate(int fd, off_t length) { return cut(fd, (uint64_t)length); }
int ftruncate64(int fd, off64_t length) { return cut(fd, (uint64_t)length); }

static int sync_with(long number, int fd) {
  char path[PATH_MAX];
  struct stat now;
  if (!watched(fd, path))
    return (int)syscall(number, fd);
  pthread_mutex_lock(&one_at_a_time);
  int done = (int)syscall(number, fd);
  int error = errno;
  if (done == 0 && fstat(fd, &now) == 0)
    entry(S_ISDIR(now.st_mode) ? FOLDER_SYNCED : SYNCED, path, 0, 0, "", 0);
  pthread_mutex_unlock(&one_at_a_time);
  errno = error;
  return done;
}

int fsync(int fd) { return sync_with(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_with(SYS_fdatasync, fd); }

static int open_at(int at, const char *path, int flags, mode_t mode) {
  struct stat before;
  int is_new = (flags & O_CREAT) && fstatat(at, path, &before, 0) != 0;
  if ((flags & O_TRUNC) && !is_new && journal >= 0) {
    int fd = (int)syscall(SYS_openat, at, path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
      cut(fd, 0);
      syscall(SYS_close, fd);
    }
  }
  int fd = (int)syscall(SYS_openat, at, path, flags, mode);
  char full[PATH_MAX];
  if (fd >= 0 && is_new && watched(fd, full)) {
    pthread_mutex_lock(&one_at_a_time);
    entry(MADE, full, 0, 0, "", 0);
    pthread_mutex_unlock(&one_at_a_time);
  }
  return fd;
}

#define MODE(flags)                                                                                                    \
  mode_t mode = 0;                                                                                                     \
  if ((flags) & O_CREAT) {                                                                                             \
    va_list more;                                                                                                      \
    va_start(more, flags);                                                                                             \
    mode = va_arg(more, mode_t);                                                                                       \
    va_end(more);                                                                                                      \
  }

int open(const char *path, int flags, ...) {
  MODE(flags)
  return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE(flags)
  return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...) {
  MODE(flags)
  return open_at(at, path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...) {
  MODE(flags)
  return open_at(at, path, flags, mode);
}
