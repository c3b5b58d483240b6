// SPDX-License-Identifier: GPL-3.0-or-later
// What most of a widget's compile time goes to, read once a library. Files still include what they use.
#pragma once

#include "core/precompiled.h"

#include <QtWidgets/QtWidgets>
