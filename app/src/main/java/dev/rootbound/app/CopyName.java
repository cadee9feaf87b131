package dev.rootbound.app;

/**
 * Where a copy goes: into a directory that is there, under a name.
 *
 * @param directory an existing one, or the parent that must exist
 * @param name of the copy there; {@code .}: the directory gets the contents
 */
record CopyName(String directory, String name) {
    /**
     * What is at the other end.
     *
     * @param path with links followed
     */
    record End(CopyPath path, boolean exists, boolean isDirectory) {}

    /**
     * Docker's table: a directory takes things under their own name, a name that is free or a
     * file's is the copy's new name.
     *
     * @param own name of what is copied
     */
    static CopyName of(String own, boolean ownDirectory, End to) {
        if (to.exists && to.isDirectory) return new CopyName(to.path.text(), own);
        if (to.exists && ownDirectory) throw new CliException(1, "cannot copy directory");
        if (!to.exists && !ownDirectory && to.path.asksForDirectory())
            throw new CliException(1, "no such directory");
        var path = new CopyPath(to.path.clean());
        return new CopyName(path.directory(), path.base());
    }
}
