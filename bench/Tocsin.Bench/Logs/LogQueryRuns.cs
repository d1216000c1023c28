using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Tocsin.Testing.Processes;

namespace Tocsin.Bench.Logs;

/// <summary>What one question cost, in milliseconds until the whole answer was there.</summary>
/// <param name="Wrong">Why the answer does not count; null when it was right every time.</param>
internal sealed record LogTiming(LogCase Case, double? Cold, double? Warm, string? Wrong);

/// <summary>Asks every question once of a server that has just started, then again and again.</summary>
internal static class LogQueryRuns
{
    private const int Repetitions = 7;

    public static async Task<List<LogTiming>> Run(ServerProcess server, IReadOnlyList<LogCase> cases)
    {
        var cold = new Dictionary<LogCase, (double? Milliseconds, string? Wrong)>();
        foreach (LogCase one in cases)
            cold[one] = await Ask(server, one);
        var timings = new List<LogTiming>();
        foreach (LogCase one in cases)
        {
            (double? warm, string? wrong) = await Ask(server, one);
            wrong = cold[one].Wrong ?? wrong;
            var times = new List<double>();
            for (int i = 0; i < Repetitions && warm is not null; i++)
            {
                (warm, string? now) = await Ask(server, one);
                wrong ??= now;
                times.Add(warm ?? double.NaN);
            }
            timings.Add(new LogTiming(one, cold[one].Milliseconds, times.Count == 0 ? null : Figures.Percentile(times, 50), wrong));
        }
        return timings;
    }

    /// <summary>Time and what is wrong with the answer; no time when there was no answer.</summary>
    private static async Task<(double? Milliseconds, string? Wrong)> Ask(ServerProcess server, LogCase one)
    {
        string refusal = "";
        foreach (LogAsk ask in one.Asks)
        {
            double? milliseconds = null;
            try
            {
                var clock = Stopwatch.StartNew();
                using HttpResponseMessage answer = await server.Http.GetAsync($"api/tocsin/v1/{ask.Path}");
                byte[] body = await answer.Content.ReadAsByteArrayAsync();
                milliseconds = clock.Elapsed.TotalMilliseconds;
                if (answer.StatusCode == HttpStatusCode.OK)
                    return (milliseconds, ask.Check(JsonSerializer.Deserialize<JsonElement>(body)));
                refusal = Refusal(answer.StatusCode, body);
                if (answer.StatusCode != HttpStatusCode.NotFound)
                    return (null, refusal);
            }
            catch (Exception failed) when (failed is HttpRequestException or TaskCanceledException or JsonException
                or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                return (milliseconds, failed.Message);
            }
        }
        return (null, refusal);
    }

    private static string Refusal(HttpStatusCode status, byte[] body)
    {
        try
        {
            JsonElement problem = JsonSerializer.Deserialize<JsonElement>(body);
            string[] words = [.. ((string[])["title", "detail"])
                .Select(n => problem.TryGetProperty(n, out JsonElement text) ? text.GetString() : null).OfType<string>()];
            return $"{(int)status}: {string.Join(". ", words)}";
        }
        catch (JsonException)
        {
            return $"{(int)status}";
        }
    }
}
