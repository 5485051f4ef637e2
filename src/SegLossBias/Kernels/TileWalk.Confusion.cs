namespace SegLossBias;

/// <content>
/// Rows of the confusion matrix of exclusive classes with hard labels. A pixel is in the row of its label alone, so a column is
/// gathered by label: one pass for each class, however many rows are wanted, and of these only the rows whose labels the tile has.
/// Soft labels go through the row terms.
/// </content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    private void AddConfusion(int padded, double* sums)
    {
        if (General.Confusion.Length == 0)
        {
            return;
        }

        var present = FindPresentRows(padded);
        for (var k = 0; k < _job.Channels; k++)
        {
            foreach (var row in present)
            {
                _general.ByLabel[General.Confusion[row].TrueClass] = 0;
            }

            GeneralSoftmax<TLanes, T>.SetWeighted(_tile, _general, k, padded);
            GeneralTrueClass<TLanes, T>.Add(_tile, _general.Values, padded, _general.ByLabel);
            foreach (var row in present)
            {
                Foreground(sums, General.Confusion[row].Place)[k] += _general.ByLabel[General.Confusion[row].TrueClass];
            }
        }
    }

    /// <summary>c of class k is w p times the upstream gradient of column k in the row of the label; 0 where no row of that label is wanted.</summary>
    private void AddConfusionSlopes(int padded, double* upstream)
    {
        if (General.Confusion.Length == 0)
        {
            return;
        }

        var present = FindPresentRows(padded);
        new Span<double>(_general.ByLabel, _job.Channels).Clear();
        for (var k = 0; k < _job.Channels; k++)
        {
            foreach (var row in present)
            {
                _general.ByLabel[General.Confusion[row].TrueClass] = Foreground(upstream, General.Confusion[row].Place)[k];
            }

            GeneralTrueClass<TLanes, T>.Spread(_tile, _general.ByLabel, padded, _general.Upstream);
            GeneralSoftmax<TLanes, T>.SetWeighted(_tile, _general, k, padded);
            RowMath<TLanes, T>.AddProduct(_general.Values, _general.Upstream, 1, padded, _general.Slopes + ((long)k * _tile.Stride));
        }
    }

    /// <summary>Which of <see cref="GeneralPlan.Confusion"/> have a pixel in the tile. With many classes these are few.</summary>
    private ReadOnlySpan<int> FindPresentRows(int padded)
    {
        new Span<double>(_general.ByLabel, _job.Channels).Clear();
        foreach (var label in new ReadOnlySpan<int>(_tile.Index, padded))
        {
            if (label >= 0)
            {
                _general.ByLabel[label] = 1;
            }
        }

        var count = 0;
        for (var row = 0; row < General.Confusion.Length; row++)
        {
            if (_general.ByLabel[General.Confusion[row].TrueClass] != 0)
            {
                _general.PresentRows[count++] = row;
            }
        }

        return new(_general.PresentRows, count);
    }
}
