namespace SegLossBias;

/// <content>
/// Rows of the confusion matrix of exclusive classes with hard labels. A pixel is in the row of its label alone, so a column is
/// gathered by label: one pass for each class, however many rows are wanted. Soft labels go through the row terms.
/// </content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    private void AddConfusion(int padded, double* sums)
    {
        for (var k = 0; k < _job.Channels && General.Confusion.Length > 0; k++)
        {
            new Span<double>(_general.ByLabel, _job.Channels).Clear();
            GeneralSoftmax<TLanes, T>.SetWeighted(_tile, _general, k, padded);
            GeneralTrueClass<TLanes, T>.Add(_tile, _general.Values, padded, _general.ByLabel);
            foreach (var term in General.Confusion)
            {
                Foreground(sums, term.Place)[k] += _general.ByLabel[term.TrueClass];
            }
        }
    }

    /// <summary>c of class k is w p times the upstream gradient of column k in the row of the label.</summary>
    private void AddConfusionSlopes(int padded, double* upstream)
    {
        for (var k = 0; k < _job.Channels && General.Confusion.Length > 0; k++)
        {
            new Span<double>(_general.ByLabel, _job.Channels).Clear();
            foreach (var term in General.Confusion)
            {
                _general.ByLabel[term.TrueClass] = Foreground(upstream, term.Place)[k];
            }

            GeneralTrueClass<TLanes, T>.Spread(_tile, _general.ByLabel, padded, _general.Upstream);
            GeneralSoftmax<TLanes, T>.SetWeighted(_tile, _general, k, padded);
            RowMath<TLanes, T>.AddProduct(_general.Values, _general.Upstream, 1, padded, _general.Slopes + ((long)k * _tile.Stride));
        }
    }
}
