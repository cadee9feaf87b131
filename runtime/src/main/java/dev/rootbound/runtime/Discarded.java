package dev.rootbound.runtime;

/** What is said of a limit that a kernel has no means for: Docker's sentences. */
final class Discarded {
    static final String SWAP =
            "Your kernel does not support swap limit capabilities or the cgroup is not mounted."
                    + " Memory limited without swap.";
    static final String WEIGHT =
            "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight"
                    + " discarded.";

    private Discarded() {}
}
