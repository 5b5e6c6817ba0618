/* profile.c - where our profiles are */
#include <stdio.h>
#include <unistd.h>

#include "conf.h"

/* Beside the program, wherever it was installed, or as it was built */
const char *
as_profile_path(const char *name)
{
	static const char *const places[] = {"../share/as-tools/profiles",
	    "../examples/profiles", "../../examples/profiles", NULL};
	static char path[4096];
	char self[2048];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len <= 0)
		return NULL;
	while (len > 0 && self[len - 1] != '/')
		len--;
	for (size_t i = 0; places[i] != NULL; i++) {
		snprintf(path, sizeof(path), "%.*s%s/%s", (int)len, self,
		    places[i], name);
		if (access(path, R_OK) == 0)
			return as_need(strdup(path));
	}
	return NULL;
}
