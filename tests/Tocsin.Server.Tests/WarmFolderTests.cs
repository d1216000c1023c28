namespace Tocsin.Server.Tests;

public sealed class WarmFolderTests
{
    [Fact]
    public void What_a_killed_server_has_left_goes_with_the_next_one_and_a_running_servers_stays()
    {
        DirectoryInfo left = Directory.CreateTempSubdirectory("tocsin-warm-"), running = Directory.CreateTempSubdirectory("tocsin-warm-");
        File.WriteAllText(Path.Combine(left.FullName, "catalog.db"), "");
        left.LastWriteTimeUtc = DateTime.UtcNow.AddHours(-2);
        string own;
        using (var folder = new WarmFolder())
        {
            own = folder.Path;
            Directory.Exists(own).ShouldBeTrue();
            Directory.Exists(left.FullName).ShouldBeFalse();
            Directory.Exists(running.FullName).ShouldBeTrue();
        }
        Directory.Exists(own).ShouldBeFalse();
        running.Delete(recursive: true);
    }
}
