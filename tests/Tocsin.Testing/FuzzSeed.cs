namespace Tocsin.Testing;

/// <summary>
/// Seeds of the tests that try random input. The same every run, so that a failure repeats; `dev fuzz` sets
/// TOCSIN_FUZZ_SEED to try other input. Tests that draw from it carry <c>[Trait("Kind", "Fuzz")]</c>.
/// </summary>
public static class FuzzSeed
{
    private static readonly int s_given =
        int.TryParse(Environment.GetEnvironmentVariable("TOCSIN_FUZZ_SEED"), out int seed) ? seed : 0;

    /// <param name="own">The test's own seed, used as it is when none is given from outside.</param>
    public static int Of(int own) => unchecked(own + s_given * 7919);

    public static Random Random(int own) => new(Of(own));

    /// <summary>How many cases to try: so many, times TOCSIN_FUZZ_SCALE.</summary>
    public static int Cases(int own) =>
        int.TryParse(Environment.GetEnvironmentVariable("TOCSIN_FUZZ_SCALE"), out int scale) && scale > 0
            ? checked(own * scale)
            : own;
}
