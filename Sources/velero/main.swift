// SPDX-License-Identifier: Apache-2.0

import Glibc
import VeleroCommands

exit(await VeleroProcess.run())
