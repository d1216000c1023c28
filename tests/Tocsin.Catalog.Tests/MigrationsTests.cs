using Dapper;
using Tocsin.Model.Metrics;

namespace Tocsin.Catalog.Tests;

public sealed class MigrationsTests
{
    private static readonly Migration s_second = new(2, "colours", "CREATE TABLE colours (name TEXT); INSERT INTO colours VALUES ('red')");

    [Fact]
    public async Task The_embedded_migrations_run_once_and_are_listed()
    {
        string folder = Directory.CreateTempSubdirectory("migrations-").FullName;
        for (int opened = 0; opened < 2; opened++)
        {
            await using var database = CatalogDatabase.Open(Path.Combine(folder, "catalog.db"), TimeProvider.System, new MetricSet());
            database.Read(c => c.Query<int>("SELECT version FROM schema_version ORDER BY version").AsList())
                .ShouldBe(Migrations.Embedded.Select(m => m.Version));
            database.Read(c => c.ExecuteScalar<int>("SELECT count(*) FROM alerts")).ShouldBe(0);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Embedded_numbers_are_unique() =>
        Migrations.Embedded.Select(m => m.Version).ShouldBeUnique();

    [Fact]
    public async Task A_later_version_adds_what_is_missing()
    {
        await using var file = new CatalogFile();
        await file.Add("kept");
        await file.Database.DisposeAsync();
        await using CatalogDatabase upgraded = file.Open([.. CatalogFile.Schema, s_second]);
        upgraded.Read(c => c.ExecuteScalar<string>("SELECT text FROM notes")).ShouldBe("kept");
        upgraded.Read(c => c.ExecuteScalar<string>("SELECT name FROM colours")).ShouldBe("red");
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused_and_left_alone()
    {
        await using var file = new CatalogFile();
        await file.Database.DisposeAsync();
        await using (file.Open([.. CatalogFile.Schema, s_second]))
        {
        }
        CatalogOpenException refused = Should.Throw<CatalogOpenException>(() => file.Open());
        refused.Message.ShouldContain("has schema 2, written by a newer Tocsin; this version understands up to 1.");
        await using CatalogDatabase again = file.Open([.. CatalogFile.Schema, s_second]);
        again.Read(c => c.ExecuteScalar<string>("SELECT name FROM colours")).ShouldBe("red");
    }

    [Fact]
    public async Task A_migration_that_fails_is_rolled_back_whole_and_tried_again_next_time()
    {
        await using var file = new CatalogFile();
        await file.Database.DisposeAsync();
        var broken = new Migration(2, "broken", "CREATE TABLE half (x); INSERT INTO nowhere VALUES (1)");
        CatalogOpenException refused = Should.Throw<CatalogOpenException>(() => file.Open([.. CatalogFile.Schema, broken]));
        refused.Message.ShouldContain("migration 0002_broken failed and was rolled back");
        await using CatalogDatabase mended = file.Open([.. CatalogFile.Schema, broken with { Sql = "CREATE TABLE half (y)" }]);
        mended.Read(c => c.ExecuteScalar<int>("SELECT count(y) FROM half")).ShouldBe(0);
    }

    [Fact]
    public async Task Another_programs_database_is_not_touched()
    {
        await using var file = new CatalogFile();
        await file.Database.Write(tx => tx.Connection.Execute("PRAGMA application_id = 7"));
        await file.Database.DisposeAsync();
        Should.Throw<CatalogOpenException>(() => file.Open()).Message.ShouldContain("is a database of another program (application id 7)");
    }

    [Fact]
    public async Task A_file_that_is_no_database_says_so()
    {
        string folder = Directory.CreateTempSubdirectory("migrations-").FullName;
        string path = Path.Combine(folder, "catalog.db");
        await File.WriteAllTextAsync(path, new string('x', 5000), TestContext.Current.CancellationToken);
        Open(path).Message.ShouldBe($"{path} is not a SQLite database.");
        Open(folder).Message.ShouldContain(folder);
        Open(Path.Combine(folder, "missing", "catalog.db")).Message.ShouldContain("cannot be opened");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Whatever has happened to the file's bytes, opening it ends in a catalog or a message, and nothing else.</summary>
    [Fact]
    public async Task Damaged_files_open_or_say_why()
    {
        await using var file = new CatalogFile();
        for (int i = 0; i < 50; i++)
            await file.Add($"note {i}");
        await file.Database.DisposeAsync();
        byte[] good = await File.ReadAllBytesAsync(file.FilePath, TestContext.Current.CancellationToken);
        var random = new Random(1);
        int refused = 0;
        for (int round = 0; round < 300; round++)
        {
            byte[] bad = (byte[])good.Clone();
            for (int flips = random.Next(1, 40); flips > 0; flips--)
                bad[random.Next(round % 2 == 0 ? 200 : bad.Length)] = (byte)random.Next(256);
            await File.WriteAllBytesAsync(file.FilePath, bad, TestContext.Current.CancellationToken);
            refused += await OpensOrSaysWhy(file) ? 0 : 1;
            foreach (string side in new[] { "-wal", "-shm" })
                File.Delete(file.FilePath + side);
        }
        refused.ShouldBeInRange(1, 299);
        await File.WriteAllBytesAsync(file.FilePath, good, TestContext.Current.CancellationToken);
    }

    private static async Task<bool> OpensOrSaysWhy(CatalogFile file)
    {
        try
        {
            await using CatalogDatabase database = file.Open();
            return true;
        }
        catch (CatalogOpenException refused)
        {
            refused.Message.ShouldContain(file.FilePath);
            return false;
        }
    }

    private static CatalogOpenException Open(string path) =>
        Should.Throw<CatalogOpenException>(() => CatalogDatabase.Open(path, TimeProvider.System, new MetricSet()));
}
