package dev.rootbound.image;

/** The images of the store. */
public final class Images {
    private Images() {}
}
