using Microsoft.Extensions.Configuration;

namespace TocsinSdk.Configuration;

/// <summary>
/// tocsin.yaml as a source of configuration, weaker than those added after it. Looked at every two seconds: a change
/// that can be read reloads the configuration, one that cannot leaves everything as it was and is told on standard
/// error. A folder is not watched for events because a mounted configuration changes by its links.
/// </summary>
internal sealed class YamlFile(string path, Func<string, string?> variable, TimeProvider clock)
    : ConfigurationProvider, IConfigurationSource, IDisposable
{
    public const string Section = "Tocsin";
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(2);
    private readonly Lock _reading = new();
    private ITimer? _timer;
    private (DateTime Written, long Length) _seen;
    private string? _told;

    /// <summary>What the file said when it was last read without a mistake; else its mistakes.</summary>
    public YamlOptions Content { get; private set; } = YamlOptions.Read("", path, variable);

    /// <summary>
    /// The file named by TOCSIN_CONFIG; else tocsin.yaml in one of the folders; null when there is none.
    /// </summary>
    public static YamlFile? Find(Func<string, string?> variable, TimeProvider clock, params IEnumerable<string> folders)
    {
        if (variable("TOCSIN_CONFIG") is { Length: > 0 } named)
            return new YamlFile(named, variable, clock);
        foreach (var folder in folders)
            if (Path.Combine(folder, "tocsin.yaml") is var path && File.Exists(path))
                return new YamlFile(path, variable, clock);
        return null;
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load()
    {
        lock (_reading)
        {
            (_seen, Content) = (Stamp(), Read());
            Show();
            _timer ??= clock.CreateTimer(static o => ((YamlFile)o!).Look(), this, s_period, s_period);
        }
    }

    /// <summary>Reads the file again when it has changed.</summary>
    public void Look()
    {
        lock (_reading)
        {
            var stamp = Stamp();
            if (stamp == _seen)
                return;
            _seen = stamp;
            var content = Read();
            if (content.Problems.Count > 0)
            {
                Tell("tocsin: nothing changed: " + string.Join("; ", content.Problems));
                return;
            }
            _told = null;
            Content = content;
            Show();
        }
        OnReload();
    }

    public void Dispose() => _timer?.Dispose();

    private YamlOptions Read()
    {
        try
        {
            var file = new FileInfo(path);
            var text = file.Length <= YamlOptions.MaxBytes ? File.ReadAllText(path) : null;
            var content = YamlOptions.Read(text ?? "", path, variable);
            if (text is null)
                content.Problems.Add($"{path}: is longer than {YamlOptions.MaxBytes} bytes");
            return content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var content = YamlOptions.Read("", path, variable);
            content.Problems.Add($"{path}: cannot be read: {e.Message.TrimEnd('.')}");
            return content;
        }
    }

    private void Show() => Data = Content.Values.ToDictionary(
        static v => ConfigurationPath.Combine(Section, v.Key), static v => (string?)v.Value.Text,
        StringComparer.OrdinalIgnoreCase);

    private (DateTime, long) Stamp()
    {
        try
        {
            var file = new FileInfo(path);
            return (file.LastWriteTimeUtc, file.Exists ? file.Length : -1);
        }
        catch (IOException)
        {
            return default;
        }
    }

    private void Tell(string line)
    {
        if (line != _told)
            Console.Error.WriteLine(line);
        _told = line;
    }
}
