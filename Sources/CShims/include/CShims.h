// SPDX-License-Identifier: Apache-2.0
// One typed inline per C construct Swift cannot import: variadics, function-like macros, opaque structs.
// No logic and no allocation here.
#pragma once

#include "CShims+System.h"
