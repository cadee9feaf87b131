package dev.rootbound.build;

import dev.rootbound.engine.ContainerSpec;
import java.util.List;

/**
 * What RUN does, all expanded.
 *
 * @param spec of its container
 * @param targets absolute paths inside at which something is mounted
 * @param shown the command, for people
 */
record RunStep(ContainerSpec spec, List<String> targets, String shown) {}
