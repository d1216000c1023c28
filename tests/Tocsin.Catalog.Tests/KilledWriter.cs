using System.Globalization;
using Tocsin.Model.Metrics;

namespace Tocsin.Catalog.Tests;

/// <summary>
/// This program as a writer that runs until it is killed: it writes notes from several tasks and prints the text of each
/// one once its task has completed.
/// </summary>
internal static class KilledWriter
{
    /// <summary>Names the file to write, and makes this program a writer instead of a test run.</summary>
    public const string Variable = "TOCSIN_TEST_CATALOG_WRITER";
    private const int Tasks = 8;
    private const int WritesPerTask = 100_000;

    public static async Task WriteUntilKilled(string path)
    {
        await using var database = CatalogDatabase.Open(path, CatalogFile.Schema, TimeProvider.System, new MetricSet());
        await using TextWriter output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        string run = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(async () =>
        {
            for (int i = 0; i < WritesPerTask; i++)
            {
                string text = $"{run}/{task}/{i}";
                await database.Write(tx => CatalogFile.Add(tx, text));
                await output.WriteLineAsync(text);
            }
        })));
    }
}
