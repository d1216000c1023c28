using Tocsin.Catalog;
using Tocsin.Storage.Care;
using Tocsin.Storage.Io;

namespace Tocsin.Server.Care;

/// <summary>Reads the data or a backup and compares every checksum. Any thread.</summary>
internal sealed class VerifyJob(TimeProvider clock) : IAsyncDisposable
{
    private readonly CareJob<VerifyReport> _job = new("verify", clock);

    /// <summary>Its report names damage. Null when none was asked for since the start.</summary>
    public CareState<VerifyReport>? State => _job.State;

    /// <summary>False when one runs already.</summary>
    public bool Start(string directory) => _job.Start(
        directory, (progress, cancel) => new Verification(new DiskFileSystem(), CatalogCopy.Check, progress, cancel).Run(directory));

    public ValueTask DisposeAsync() => _job.DisposeAsync();
}
