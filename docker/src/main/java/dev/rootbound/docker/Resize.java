package dev.rootbound.docker;

/** A terminal's size in character cells, from {@code ?h=&w=}. */
record Resize(int rows, int columns) {
    /** The kernel's struct winsize holds 16 bits (ioctl_tty(2)). */
    private static final int MOST = 0xffff;

    static Resize of(Query query) {
        return new Resize(cells(query, "h"), cells(query, "w"));
    }

    private static int cells(Query query, String name) {
        int cells = query.number(name, -1);
        if (cells < 0 || cells > MOST) {
            throw new ApiException(400, name + " must be a number between 0 and " + MOST);
        }
        return cells;
    }
}
