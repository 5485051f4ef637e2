using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Region statistics of images whose pixels come in parts: each part adds to the rows of its images.</summary>
internal sealed class StatisticTable : IDisposable
{
    private static readonly Scalar One = 1.ToScalar();

    private Tensor? _rows;

    /// <summary>[images, rows, 2K + B], as <see cref="RowLayout"/> has them; null before the first part.</summary>
    internal Tensor? Rows => _rows;

    /// <summary>Adds the rows of a part.</summary>
    /// <param name="rows">[n, rows, 2K + B], without a graph.</param>
    /// <param name="images">For each of them the number of its image, int64 [n].</param>
    /// <param name="count">Images of the table from now on; never fewer than before.</param>
    /// <param name="layout">How rows stand.</param>
    internal void Add(Tensor rows, Tensor images, long count, RowLayout layout)
    {
        using var scope = NewDisposeScope();
        var (have, length) = (_rows?.shape[0] ?? 0, Math.Max(_rows?.shape[2] ?? 0, rows.shape[2]));
        if (have < count || _rows is null || _rows.shape[2] < length)
        {
            var more = zeros([count - have, rows.shape[1], length], rows.dtype, rows.device);
            var table = _rows is null ? more : cat([layout.Widen(_rows, length), more], 0);
            _rows?.Dispose();
            _rows = table.DetachFromDisposeScope();
        }

        _rows.index_add_(0, images, layout.Widen(rows, length).to(_rows.device), One);
    }

    /// <summary>The first numbers of a row of the image of each entry of a part, [n, columns]. Waits for the device.</summary>
    internal double[] Of(GatheredPart part, int row, int columns)
    {
        using var scope = NewDisposeScope();
        return Numbers(Columns(_rows!, row, columns).index_select(0, part.Index));
    }

    /// <summary>The same as if the part had been added. Waits for the device.</summary>
    internal double[] With(GatheredPart part, int row, int columns)
    {
        using var scope = NewDisposeScope();
        var own = Columns(part.Rows.detach(), row, columns);
        var all = _rows is null ? zeros([part.Next, columns], own.dtype, own.device) : Columns(_rows, row, columns).clone();
        return Numbers(all.index_add_(0, part.Index, own, One).index_select(0, part.Index));
    }

    /// <summary>Lets a function change all numbers, row after row.</summary>
    internal void Change(Action<Span<double>> change)
    {
        using var scope = NewDisposeScope();
        var numbers = _rows!.to(ScalarType.Float64).cpu().contiguous().clone();
        change(TensorMemory.Doubles(numbers));
        _rows.copy_(numbers);
    }

    internal StatisticTable Copy() => new() { _rows = _rows?.clone().DetachFromDisposeScope() };

    /// <summary>The largest difference to another table, relative to the number there where that is above 1.</summary>
    internal double LargestDifference(StatisticTable other)
    {
        using var scope = NewDisposeScope();
        if (_rows is null || other._rows is null || _rows.numel() == 0)
        {
            return 0;
        }

        var difference = _rows.sub(other._rows).abs().div(other._rows.abs().AtLeast(1));
        return difference.amax([0L, 1, 2]).to(ScalarType.Float64).cpu().item<double>();
    }

    public void Dispose() => _rows?.Dispose();

    private static Tensor Columns(Tensor rows, int row, int columns) => rows.select(1, row).narrow(1, 0, columns);

    private static double[] Numbers(Tensor tensor) => tensor.cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray();
}
