/**
 * What the kernel itself shows of who is root where: facts read from /proc, and what follows from
 * them. It never asks the engine, whose claims it compares with the kernel. Read {@link
 * dev.rootbound.evidence.Prover} first.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.evidence {
    requires static org.jspecify;
    requires transitive dev.rootbound.idmap;
    requires dev.rootbound.linux;

    exports dev.rootbound.evidence;
}
