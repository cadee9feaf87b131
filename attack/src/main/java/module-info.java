/**
 * Escapes from a container that are really tried: by an agent that makes raw system calls in a
 * throw-away twin of it, against canaries that are made for that. It enters no container and
 * touches nothing of anybody's but writes back what it read. Read {@link
 * dev.rootbound.attack.Catalogue} first.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.attack {
    requires static org.jspecify;
    requires dev.rootbound.linux;

    exports dev.rootbound.attack;
}
