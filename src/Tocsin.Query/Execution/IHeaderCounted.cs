using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>A first pipe whose groups the store can count without visiting rows.</summary>
internal interface IHeaderCounted
{
    ScanReport Feed(ScanRequest request);
}
