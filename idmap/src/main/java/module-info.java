/**
 * Which host ids stand for a container's ids. Pure: no system call. Read {@link
 * dev.rootbound.idmap.IdMap} first.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.idmap {
    requires static org.jspecify;

    exports dev.rootbound.idmap;
}
