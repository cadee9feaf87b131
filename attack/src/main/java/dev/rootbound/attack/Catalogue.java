package dev.rootbound.attack;

import java.util.List;
import java.util.stream.Stream;

/**
 * All escapes that are tried, in the order in which they are: of the kernel's settings, the host's
 * devices, files, other processes, the machine, and what a filter keeps from the kernel.
 */
public final class Catalogue {
    /** Each name once. */
    public static final List<Attack> ALL =
            Stream.of(
                            Settings.ALL,
                            Devices.ALL,
                            HostFiles.ALL,
                            OtherProcesses.ALL,
                            Keys.ALL,
                            Machine.ALL,
                            KernelSurface.ALL)
                    .flatMap(List::stream)
                    .toList();

    private Catalogue() {}
}
