// SPDX-License-Identifier: Apache-2.0
// One typed inline per C construct Swift cannot import: variadics, function-like macros, opaque structs.
// No logic and no allocation here.
#pragma once

#include "CShims+Curl.h"
#include "CShims+System.h"
#include "CShims+Threads.h"
