using Tocsin.Storage.Io;

namespace Tocsin.Testing;

/// <summary>
/// Files in memory that remember what has been synced: <see cref="PowerCut"/> forgets everything else, as a disk may.
/// Any thread.
/// </summary>
public sealed class MemoryFileSystem : IFileSystem
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Node> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _syncedNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _locks = new(StringComparer.Ordinal);

    public long Free { get; set; } = 1L << 40;

    /// <summary>Every file by path, in order.</summary>
    public IReadOnlyList<string> Paths
    {
        get
        {
            lock (_lock)
                return [.. _names.Keys.Order(StringComparer.Ordinal)];
        }
    }

    public byte[] ReadAll(string path)
    {
        lock (_lock)
            return Find(path).Live.ToArray();
    }

    /// <summary>Writes a file past the store, as damage or another program would.</summary>
    public void WriteAll(string path, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            var node = new Node();
            node.Live.AddRange(bytes);
            node.Synced = [.. node.Live];
            _names[path] = node;
            _syncedNames[path] = node;
        }
    }

    /// <summary>
    /// Drops unsynced bytes and names, and the locks of the process that died. Keep no open file across it.
    /// </summary>
    public void PowerCut()
    {
        lock (_lock)
        {
            _names.Clear();
            foreach ((string path, Node node) in _syncedNames)
            {
                node.Live.Clear();
                node.Live.AddRange(node.Synced);
                _names[path] = node;
            }
            _locks.Clear();
        }
    }

    /// <summary>A copy of all files as they are, for trying out damage.</summary>
    public MemoryFileSystem Copy()
    {
        var copy = new MemoryFileSystem();
        lock (_lock)
        {
            foreach ((string path, Node node) in _names)
                copy.WriteAll(path, node.Live.ToArray());
            copy._directories.UnionWith(_directories);
        }
        return copy;
    }

    public void CreateDirectory(string path)
    {
        lock (_lock)
        {
            for (string? folder = path; !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
                _directories.Add(folder);
        }
    }

    public IReadOnlyList<string> Files(string directory)
    {
        lock (_lock)
            return [.. _names.Keys.Where(p => Path.GetDirectoryName(p) == directory).Select(p => Path.GetFileName(p))];
    }

    public IReadOnlyList<string> Directories(string directory)
    {
        lock (_lock)
            return [.. _directories.Where(p => Path.GetDirectoryName(p) == directory).Select(p => Path.GetFileName(p))];
    }

    public bool FileExists(string path)
    {
        lock (_lock)
            return _names.ContainsKey(path);
    }

    public IFile Create(string path)
    {
        lock (_lock)
        {
            var node = new Node();
            _names[path] = node;
            return new MemoryFile(this, node);
        }
    }

    public IFile OpenRead(string path) => OpenWrite(path);

    public IFile OpenWrite(string path)
    {
        lock (_lock)
            return new MemoryFile(this, Find(path));
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            _names[to] = Find(from);
            _names.Remove(from);
        }
    }

    public void RenameDirectory(string from, string to)
    {
        lock (_lock)
        {
            foreach (Dictionary<string, Node> names in new[] { _names, _syncedNames })
            {
                foreach (string inside in names.Keys.Where(p => p.StartsWith(from + "/", StringComparison.Ordinal)).ToList())
                {
                    names[to + inside[from.Length..]] = names[inside];
                    names.Remove(inside);
                }
            }
            foreach (string folder in _directories.Where(p => p == from || p.StartsWith(from + "/", StringComparison.Ordinal)).ToList())
            {
                _directories.Remove(folder);
                _directories.Add(to + folder[from.Length..]);
            }
        }
    }

    public bool TryLink(string from, string to)
    {
        lock (_lock)
        {
            _names[to] = Find(from);
            return true;
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
            _names.Remove(path);
    }

    public void DeleteDirectory(string path)
    {
        lock (_lock)
        {
            foreach (string inside in _names.Keys.Where(p => p.StartsWith(path + "/", StringComparison.Ordinal))
                .ToList())
            {
                _names.Remove(inside);
                _syncedNames.Remove(inside);
            }
            _directories.RemoveWhere(p => p == path || p.StartsWith(path + "/", StringComparison.Ordinal));
        }
    }

    public void SyncDirectory(string path)
    {
        lock (_lock)
        {
            foreach (string gone in _syncedNames.Keys.Where(p => Path.GetDirectoryName(p) == path
                && !_names.ContainsKey(p)).ToList())
                _syncedNames.Remove(gone);
            foreach ((string name, Node node) in _names.Where(n => Path.GetDirectoryName(n.Key) == path))
                _syncedNames[name] = node;
        }
    }

    public long FreeBytes(string path) => Free;

    public IDisposable? TryLock(string path, string contents, out string owner)
    {
        lock (_lock)
        {
            if (_locks.TryGetValue(path, out string? holder))
            {
                owner = holder;
                return null;
            }
            owner = "";
            _locks[path] = contents;
            return new HeldLock(this, path);
        }
    }

    private Node Find(string path) =>
        _names.TryGetValue(path, out Node? node) ? node : throw new FileNotFoundException("no such file", path);

    private sealed class Node
    {
        public List<byte> Live { get; } = [];

        public byte[] Synced { get; set; } = [];
    }

    private sealed class HeldLock(MemoryFileSystem files, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (files._lock)
                files._locks.Remove(path);
        }
    }

    private sealed class MemoryFile(MemoryFileSystem files, Node node) : IFile
    {
        private bool _closed;

        public long Length
        {
            get
            {
                lock (files._lock)
                    return Open().Count;
            }
        }

        public int Read(long offset, Span<byte> into)
        {
            lock (files._lock)
            {
                List<byte> live = Open();
                int count = (int)Math.Clamp(live.Count - offset, 0, into.Length);
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(live)
                    .Slice((int)Math.Min(offset, live.Count), count)
                    .CopyTo(into);
                return count;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (files._lock)
            {
                List<byte> live = Open();
                if (live.Count < offset + bytes.Length)
                    System.Runtime.InteropServices.CollectionsMarshal.SetCount(live, (int)offset + bytes.Length);
                bytes.CopyTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(live)[(int)offset..]);
            }
        }

        public void Write(long offset, IReadOnlyList<ReadOnlyMemory<byte>> parts)
        {
            foreach (ReadOnlyMemory<byte> part in parts)
            {
                Write(offset, part.Span);
                offset += part.Length;
            }
        }

        public void Truncate(long length)
        {
            lock (files._lock)
                System.Runtime.InteropServices.CollectionsMarshal.SetCount(Open(), (int)length);
        }

        public void Sync()
        {
            lock (files._lock)
                node.Synced = [.. Open()];
        }

        public void Dispose() => _closed = true;

        private List<byte> Open() =>
            _closed ? throw new ObjectDisposedException(nameof(MemoryFile)) : node.Live;
    }
}
