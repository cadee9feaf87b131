package dev.rootbound.app;

import java.util.ArrayList;

/**
 * A path as {@code docker cp} reads it: a slash at its end asks for a directory, {@code /.} for
 * what is in one.
 */
record CopyPath(String text) {
    boolean isContents() {
        return text.isEmpty() || text.equals(".") || text.endsWith("/.");
    }

    boolean asksForDirectory() {
        return isContents() || text.endsWith("/");
    }

    /** Without what says nothing; {@code ..} resolved in the text. */
    String clean() {
        boolean absolute = text.startsWith("/");
        var names = new ArrayList<String>();
        for (String name : text.split("/")) {
            boolean up = name.equals("..");
            if (up && !names.isEmpty() && !names.getLast().equals("..")) names.removeLast();
            else if (up ? !absolute : !name.isEmpty() && !name.equals(".")) names.add(name);
        }
        String clean = (absolute ? "/" : "") + String.join("/", names);
        return clean.isEmpty() ? "." : clean;
    }

    /** {@code .} for the contents of a directory, empty for the root. */
    String base() {
        return isContents() ? "." : clean().substring(clean().lastIndexOf('/') + 1);
    }

    /** The directory that {@link #base} is in. */
    String directory() {
        String clean = clean();
        if (isContents()) return clean;
        int slash = clean.lastIndexOf('/');
        if (slash < 0) return ".";
        return slash == 0 ? "/" : clean.substring(0, slash);
    }

    /** Where a link at this path leads, asking for the same. */
    CopyPath leadingTo(String target) {
        if (isContents()) return new CopyPath(target + "/.");
        return new CopyPath(asksForDirectory() && !target.endsWith("/") ? target + "/" : target);
    }

    /** From the directory this program runs in. */
    CopyPath absolute() {
        if (text.startsWith("/")) return this;
        return new CopyPath(System.getProperty("user.dir") + "/" + text);
    }
}
