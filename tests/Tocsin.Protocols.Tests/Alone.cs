namespace Tocsin.Protocols.Tests;

/// <summary>Tests that measure memory run when nothing else does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
