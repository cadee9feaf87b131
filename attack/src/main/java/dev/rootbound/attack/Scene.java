package dev.rootbound.attack;

/**
 * What an attack has: hands inside, eyes outside, and something to reach.
 *
 * @param twin who attacks, in the container's twin
 * @param host host root, outside
 * @param canaries what is there for it
 * @param victim the process number, inside, of a process of host root's that is in the twin's
 *     process namespace alone, as the runtime itself is while it sets up an exec
 */
record Scene(Actor twin, Actor host, Canaries canaries, long victim) {
    /** Where the container sees the shared directory. */
    static final String SHARED = "/rootbound-attack";

    /** A file system of the container's own that device nodes can be opened on. */
    static final String SCRATCH = "/dev/rootbound-attack";

    /** A file of the victim's below /proc. */
    String victims(String file) {
        return "/proc/" + victim + "/" + file;
    }
}
