package dev.rootbound.idmap;

/** Whose containers, images names and limits these are: a host uid that talks to the engine. */
public record Tenant(long uid) {
    public Tenant {
        if (uid < 0 || uid > 0xFFFF_FFFEL) {
            throw new IllegalArgumentException("not a uid: " + uid);
        }
    }
}
