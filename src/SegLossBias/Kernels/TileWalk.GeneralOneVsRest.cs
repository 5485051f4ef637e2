namespace SegLossBias;

/// <content>The focal sums of exclusive classes, each a channel of its own against the rest, with soft labels or weights.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    private void AddGeneralOneVsRest(int padded, double* sums)
    {
        if (General.OneVsRest is not { } term)
        {
            return;
        }

        for (var k = 0; k < _job.Channels; k++)
        {
            if (GeneralFocal<TLanes, T>.Has(term.Shape.Focal))
            {
                GeneralFocal<TLanes, T>.AddSums(LogitsOf(k), LabelsOf(k, padded), _general.Weight, padded, Foreground(sums, term.Place) + k, Background(sums, term.Place) + k);
                continue;
            }

            SetOneVsRestRows(k, padded, out var row, out var backgroundRow);
            PixelFunctions<TLanes, T>.Set<No>(term, row, padded, _general.Values);
            Foreground(sums, term.Place)[k] += RowMath<TLanes, T>.Sum(_general.Values, padded);
            PixelFunctions<TLanes, T>.Set<No>(term, backgroundRow, padded, _general.Values);
            Background(sums, term.Place)[k] += RowMath<TLanes, T>.Sum(_general.Values, padded);
        }
    }

    private void AddGeneralOneVsRestGradient(int padded, double* upstream)
    {
        if (General.OneVsRest is not { } term)
        {
            return;
        }

        for (var k = 0; k < _job.Channels; k++)
        {
            var gradient = _tile.Gradient + ((long)k * _tile.Stride);
            if (GeneralFocal<TLanes, T>.Has(term.Shape.Focal))
            {
                GeneralFocal<TLanes, T>.AddGradient(LogitsOf(k), LabelsOf(k, padded), _general.Weight, gradient, padded, Foreground(upstream, term.Place)[k], Background(upstream, term.Place)[k]);
                continue;
            }

            SetOneVsRestRows(k, padded, out var row, out var backgroundRow);
            PixelFunctions<TLanes, T>.Set<Yes>(term, row, padded, _general.Values);
            RowMath<TLanes, T>.AddProduct(_general.Values, _general.OneMinusP, Foreground(upstream, term.Place)[k], padded, gradient);
            PixelFunctions<TLanes, T>.Set<Yes>(term, backgroundRow, padded, _general.Values);
            RowMath<TLanes, T>.AddProduct(_general.Values, _general.Probability, -Background(upstream, term.Place)[k], padded, gradient);
        }
    }

    private T* LogitsOf(int k) => _tile.Logits + ((long)k * _tile.Stride);

    private void SetOneVsRestRows(int k, int padded, out PixelRow<T> row, out PixelRow<T> backgroundRow)
    {
        GeneralSigmoid<TLanes, T>.SetRow(LogitsOf(k), _general, padded);
        row = ForegroundRow(LabelsOf(k, padded));
        RowMath<TLanes, T>.OneMinus(row.Label, padded, _general.BackgroundLabel);
        backgroundRow = BackgroundRow(_general.BackgroundLabel);
    }
}
