namespace Tocsin.Cli.Tailing;

/// <summary>
/// Follows files and sends what they grow by. A position moves on only when the server has acknowledged what lies before
/// it, so every line arrives at least once. One file and one batch at a time: memory is bounded, and a slow server slows
/// the reading.
/// </summary>
internal sealed class FileTailer(
    TailSettings settings, PositionFile positions, TailSender sender, TimeProvider clock, Action<string> tell)
{
    // More would exhaust the descriptors.
    private const int MaxFiles = 500;

    private readonly IReadOnlyList<FileGlob> _globs = [.. settings.Patterns.Select(p => new FileGlob(p))];
    private readonly Dictionary<FileIdentity, FollowedFile> _files = [];
    private readonly TailBatch _batch = new();
    private List<Position> _saved = [.. positions.Load()];
    private long _discovered;
    private bool _tooMany;

    /// <summary>Files followed now.</summary>
    public int Files => _files.Count;

    public async Task Run(CancellationToken cancel)
    {
        try
        {
            Discover(first: true);
            while (true)
            {
                bool moved = await Round(cancel);
                if (settings.Once && !moved)
                {
                    foreach (FollowedFile file in _files.Values)
                        await Finish(file, cancel);
                    return;
                }
                if (!moved)
                    await Task.Delay(settings.Poll, clock, cancel);
                if (clock.GetElapsedTime(_discovered) >= settings.Discovery)
                    Discover(first: false);
            }
        }
        finally
        {
            Save();
            foreach (FollowedFile file in _files.Values)
                file.Dispose();
        }
    }

    // One batch of each file, so that none starves the others.
    private async Task<bool> Round(CancellationToken cancel)
    {
        bool moved = false;
        foreach (FollowedFile file in _files.Values.ToArray())
        {
            DateTimeOffset now = clock.GetUtcNow();
            file.Fill(_batch, now);
            moved |= _batch.Count > 0;
            await Deliver(file, cancel);
            if (!file.IsFinished(now))
                continue;
            await Finish(file, cancel);
            _files.Remove(file.Identity);
            file.Dispose();
            Save();
        }
        return moved;
    }

    private async Task Finish(FollowedFile file, CancellationToken cancel)
    {
        file.Finish(_batch);
        await Deliver(file, cancel);
        file.Acknowledge();
    }

    private async Task Deliver(FollowedFile file, CancellationToken cancel)
    {
        if (_batch.Count == 0)
            return;
        await sender.Send(RecordText.Route(file.Format) + Query(file), _batch, cancel);
        _batch.Clear();
        file.Acknowledge();
        Save();
    }

    private string Query(FollowedFile file)
    {
        bool plain = file.Format is LineFormat.Plain or LineFormat.Logfmt;
        string? service = settings.Service ?? (plain ? Path.GetFileNameWithoutExtension(file.Path) : null);
        string query = "?resource.log.file.path=" + Uri.EscapeDataString(file.Path);
        if (service is not null)
            query += "&resource.service.name=" + Uri.EscapeDataString(service);
        return plain ? $"{query}&resource.host.name={Uri.EscapeDataString(Environment.MachineName)}" : query;
    }

    private void Discover(bool first)
    {
        _discovered = clock.GetTimestamp();
        var seen = new HashSet<FileIdentity>();
        foreach (string path in _globs.SelectMany(g => g.Files()))
        {
            if (FileIdentity.Of(path) is not { } identity || !seen.Add(identity))
                continue;
            if (_files.TryGetValue(identity, out FollowedFile? known))
                (known.Path, known.Rotated) = (path, false);
            else
                Follow(path, first);
        }
        foreach (FollowedFile file in _files.Values)
            file.Rotated |= !seen.Contains(file.Identity);
        if (!first)
            return;
        foreach (Position left in _saved.ToArray())
            FollowRenamed(left);
        // What is not there now may come back, from a volume that is not mounted yet.
        _saved = [.. _saved.Where(p => !File.Exists(p.Path)).TakeLast(MaxFiles)];
    }

    private void Follow(string path, bool first)
    {
        if (_files.Count >= MaxFiles)
        {
            if (!_tooMany)
                tell($"more than {MaxFiles} files match; {path} and others are not followed");
            _tooMany = true;
            return;
        }
        if (FollowedFile.Open(path, settings, clock.GetUtcNow()) is not { } file)
            return;
        Position? saved = _saved.Find(p => p.Inode == file.Identity.Inode && p.Device == file.Identity.Device && file.Fits(p))
            ?? _saved.Find(p => p.Path == path && p.FingerprintLength > 0 && file.Fits(p));
        if (saved is not null)
            _saved.Remove(saved);
        if (saved is null && first && settings.NewOnly)
            file.StartAtEnd();
        else
            file.StartAt(saved?.Offset ?? 0);
        _files[file.Identity] = file;
    }

    // Renamed while nobody was looking: the rest of it is beside its old place.
    private void FollowRenamed(Position position)
    {
        string? folder = Path.GetDirectoryName(position.Path);
        if (folder is null || !Directory.Exists(folder) || position.FingerprintLength == 0)
            return;
        string name = Path.GetFileNameWithoutExtension(position.Path);
        foreach (string path in Directory.EnumerateFiles(folder).Where(f => Path.GetFileName(f).StartsWith(name, StringComparison.Ordinal)))
        {
            if (FileIdentity.Of(path) is not { } identity || identity.Inode != position.Inode || _files.ContainsKey(identity))
                continue;
            if (FollowedFile.Open(path, settings, clock.GetUtcNow()) is not { } file)
                return;
            if (!file.Fits(position))
            {
                file.Dispose();
                return;
            }
            file.StartAt(position.Offset);
            file.Rotated = true;
            _files[file.Identity] = file;
            _saved.Remove(position);
            return;
        }
    }

    private void Save()
    {
        try
        {
            positions.Save([.. _files.Values.Select(f => f.Position()), .. _saved]);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            tell($"the positions cannot be kept: {full.Message}");
        }
    }
}
