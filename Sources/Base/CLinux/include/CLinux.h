// Linux, as far as Swift cannot import it: variadic calls, calls without a C library wrapper, and
// sequences that must not run any Swift in between.
//
// Every function returns a value >= 0, or -errno. Nothing here keeps state between two calls,
// except the arguments that main was given. A pointer parameter is borrowed for the duration of the
// call unless its comment says otherwise.
#pragma once

#include "clinux_confinement.h"
#include "clinux_files.h"
#include "clinux_host.h"
#include "clinux_loop.h"
#include "clinux_process.h"
#include "clinux_socket.h"
#include "clinux_tree.h"
#include "clinux_watch.h"
