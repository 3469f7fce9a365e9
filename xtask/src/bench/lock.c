/*
 * Another process that writes to an SQLite database in WAL mode: `lock FILE-shm SECONDS` holds the lock of its one
 * writer (byte 120 of the file, https://www.sqlite.org/walformat.html#wal_locks) and says "held" when it has it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int count, char **arguments) {
  int file = count == 3 ? open(arguments[1], O_RDWR) : -1;
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 120, .l_len = 1};
  if (file < 0 || fcntl(file, F_SETLKW, &lock) != 0)
    return 1;
  puts("held");
  fflush(stdout);
  struct timespec wait = {.tv_sec = atoi(arguments[2])};
  nanosleep(&wait, NULL);
  return 0;
}
