package dev.rootbound.build;

import dev.rootbound.engine.Builds;
import dev.rootbound.engine.ContainerSpec;
import java.util.List;

/**
 * What RUN does, all expanded.
 *
 * @param spec of its container
 * @param secrets what that has besides
 * @param targets absolute paths inside at which something is mounted
 * @param shown the command, for people
 */
record RunStep(ContainerSpec spec, Builds.Secrets secrets, List<String> targets, String shown) {}
