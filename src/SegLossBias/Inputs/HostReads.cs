using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Whole numbers that a check needs on the host, read from their device all at once, when the first of them is asked for.</summary>
internal sealed class HostReads
{
    private readonly List<Tensor> _numbers = [];
    private long[]? _read;

    /// <summary>The number that a place stands for.</summary>
    /// <param name="place">What <see cref="Add"/> returned.</param>
    internal long this[int place] => (_read ??= stack(_numbers).cpu().data<long>().ToArray())[place];

    /// <summary>A number to be read later; a bool is 0 or 1. Returns its place.</summary>
    internal int Add(Tensor number)
    {
        if (_read is not null)
        {
            throw new InvalidOperationException("The numbers have been read; add all of them before the first is asked for.");
        }

        _numbers.Add(number.to(ScalarType.Int64));
        return _numbers.Count - 1;
    }
}
