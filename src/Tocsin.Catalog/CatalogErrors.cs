namespace Tocsin.Catalog;

/// <summary>The catalog cannot be opened; the message says why and what to do.</summary>
public sealed class CatalogOpenException : Exception
{
    public CatalogOpenException(string message)
        : base(message)
    {
    }

    public CatalogOpenException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

/// <summary>
/// The disk, not the work, failed: nothing of the batch was kept. Reads go on, and later writes are tried afresh.
/// </summary>
public sealed class CatalogWriteException(string message, Exception cause) : Exception(message, cause);
