// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Marks a text of the core as shown to users: titles, summaries and help of methods and hyperparameters.
/// The text itself stays English in the core; widgets look it up with QCoreApplication::translate("core", text).
/// `lupdate` finds it by this macro's name (context "core"). Keys and ids are never marked.
#define TIMBERLINE_TR(text) text
