using System.Diagnostics;
using Tocsin.Protocols.Shared;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests;

/// <summary>Whatever bytes arrive: no exception, no endless work, and the books balance.</summary>
internal static class LogFuzz
{
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(2);

    /// <param name="decoder">A fresh decoder for each body.</param>
    /// <param name="seeds">Good bodies; each is damaged, and cut after every byte.</param>
    /// <param name="own">The test's seed.</param>
    public static LogDecoding Run(Func<BodyDecoder> decoder, byte[][] seeds, int own)
    {
        var at = new LogDecoding();
        var mutation = new Mutation(FuzzSeed.Of(own));
        Random random = FuzzSeed.Random(own);
        for (int i = 0; i < 8000; i++)
            Survive(at, decoder(), mutation.Of(seeds[i % seeds.Length]));
        for (int i = 0; i < 2000; i++)
        {
            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            Survive(at, decoder(), noise);
        }
        foreach (byte[] seed in seeds)
        {
            for (int length = 0; length < seed.Length; length++)
                Survive(at, decoder(), seed[..length]);
        }
        at.ShouldBalance();
        return at;
    }

    private static void Survive(LogDecoding at, BodyDecoder decode, byte[] body)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            at.Decode(decode, body);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(Convert.ToBase64String(body.AsSpan(0, Math.Min(2000, body.Length))), e);
        }
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(s_slow);
    }
}
