using Dapper;
using Tocsin.Model.Metrics;
using Tocsin.Testing;

namespace Tocsin.Catalog.Tests;

public sealed class CatalogCopyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tocsin-copy-").FullName;

    private string Source => Path.Combine(_folder, "catalog.db");

    private string Copy => Path.Combine(_folder, "copy.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_copy_beside_the_writer_is_a_whole_catalog_of_one_moment()
    {
        await using CatalogDatabase catalog = CatalogDatabase.Open(Source, new FakeClock(), new MetricSet());
        await Set(catalog, 1);
        CatalogCopy.Make(Source, Copy);
        await Set(catalog, 2);
        CatalogCopy.Check(Copy).ShouldBeNull();
        File.Exists(Copy + "-wal").ShouldBeFalse();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Copy).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using CatalogDatabase copy = CatalogDatabase.Open(Copy, new FakeClock(), new MetricSet());
        copy.Read(c => c.QuerySingle<string>("SELECT level FROM log_levels")).ShouldBe("1");
        CatalogCopy.Check(Source).ShouldBeNull();
    }

    [Fact]
    public void No_catalog_no_copy()
    {
        CatalogCopy.Make(Source, Copy);
        File.Exists(Copy).ShouldBeFalse();
    }

    [Fact]
    public async Task Damage_is_told()
    {
        await using (CatalogDatabase catalog = CatalogDatabase.Open(Source, new FakeClock(), new MetricSet()))
            await Set(catalog, 1);
        byte[] bytes = await File.ReadAllBytesAsync(Source, TestContext.Current.CancellationToken);
        bytes.AsSpan(4096, 8192).Fill(0x5A);
        await File.WriteAllBytesAsync(Source, bytes, TestContext.Current.CancellationToken);
        CatalogCopy.Check(Source).ShouldNotBeNull();
        await File.WriteAllTextAsync(Source, "no database at all, but some text", TestContext.Current.CancellationToken);
        CatalogCopy.Check(Source)!.ShouldContain("not a database");
    }

    private static Task<int> Set(CatalogDatabase catalog, int level) => catalog.Write(tx => tx.Connection.Execute(
        "INSERT OR REPLACE INTO log_levels (service, environment, category, level, set_at, set_by) VALUES ('s', '', 'c', @level, 0, 'me')",
        new { level = $"{level}" }));
}
