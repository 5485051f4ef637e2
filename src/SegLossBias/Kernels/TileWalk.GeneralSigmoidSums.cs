namespace SegLossBias;

/// <content>The statistics of one channel that nearly every loss wants, weighted; the loops for what is asked.</content>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
{
    /// <summary>Whether the negative log-likelihood and a size with a small whole τ are gathered together.</summary>
    private bool HasGeneralWholePowers => _plan.WholeTempered >= 0 && !General.HasProbability && _job.Request.NegativeLogLikelihood >= 0;

    private void AddGeneralSums<TSoft>(int padded, double* foreground, double* background)
        where TSoft : IFlag
    {
        if (HasGeneralWholePowers)
        {
            var place = _plan.Tempered[_plan.WholeTempered];
            var (of, ofBackground) = (SumsOf(foreground, place), SumsOf(background, place));
            switch (_job.Request.Temperatures[place])
            {
                case 2: GeneralSigmoidWholePowers<TLanes, T>.AddSums<Power2, TSoft>(_tile.Logits, Rows, padded, of, ofBackground); break;
                case 3: GeneralSigmoidWholePowers<TLanes, T>.AddSums<Power3, TSoft>(_tile.Logits, Rows, padded, of, ofBackground); break;
                case 4: GeneralSigmoidWholePowers<TLanes, T>.AddSums<Power4, TSoft>(_tile.Logits, Rows, padded, of, ofBackground); break;
                case 5: GeneralSigmoidWholePowers<TLanes, T>.AddSums<Power5, TSoft>(_tile.Logits, Rows, padded, of, ofBackground); break;
                case 6: GeneralSigmoidWholePowers<TLanes, T>.AddSums<Power6, TSoft>(_tile.Logits, Rows, padded, of, ofBackground); break;
                case 7: GeneralSigmoidWholePowers<TLanes, T>.AddSums<Power7, TSoft>(_tile.Logits, Rows, padded, of, ofBackground); break;
                case 8: GeneralSigmoidWholePowers<TLanes, T>.AddSums<Power8, TSoft>(_tile.Logits, Rows, padded, of, ofBackground); break;
                case 9: GeneralSigmoidWholePowers<TLanes, T>.AddSums<Power9, TSoft>(_tile.Logits, Rows, padded, of, ofBackground); break;
                default: GeneralSigmoidWholePowers<TLanes, T>.AddSums<Power10, TSoft>(_tile.Logits, Rows, padded, of, ofBackground); break;
            }

            return;
        }

        var (sums, backgroundSums) = (SumsOf(foreground, _plan.Size), SumsOf(background, _plan.Size));
        if (!General.HasProbability)
        {
            GeneralSigmoid<TLanes, T>.AddSums<No, Yes, TSoft>(_tile.Logits, Rows, padded, sums, backgroundSums);
        }
        else if (_job.Request.NegativeLogLikelihood < 0)
        {
            GeneralSigmoid<TLanes, T>.AddSums<Yes, No, TSoft>(_tile.Logits, Rows, padded, sums, backgroundSums);
        }
        else
        {
            GeneralSigmoid<TLanes, T>.AddSums<Yes, Yes, TSoft>(_tile.Logits, Rows, padded, sums, backgroundSums);
        }
    }

    /// <summary>Sets the gradient of these.</summary>
    private void SetGeneralSumsGradient<TSoft>(int padded, double* foreground, double* background)
        where TSoft : IFlag
    {
        var (of, ofBackground) = (TrueClassUpstream(foreground), TrueClassUpstream(background));
        if (HasGeneralWholePowers)
        {
            var place = _plan.Tempered[_plan.WholeTempered];
            var size = SizeUpstream(foreground, background, place);
            var (c, b) = (of.Likelihood, ofBackground.Likelihood);
            switch (_job.Request.Temperatures[place])
            {
                case 2: GeneralSigmoidWholePowers<TLanes, T>.SetGradient<Power2, TSoft>(_tile.Logits, Rows, _tile.Gradient, padded, size, c, b); break;
                case 3: GeneralSigmoidWholePowers<TLanes, T>.SetGradient<Power3, TSoft>(_tile.Logits, Rows, _tile.Gradient, padded, size, c, b); break;
                case 4: GeneralSigmoidWholePowers<TLanes, T>.SetGradient<Power4, TSoft>(_tile.Logits, Rows, _tile.Gradient, padded, size, c, b); break;
                case 5: GeneralSigmoidWholePowers<TLanes, T>.SetGradient<Power5, TSoft>(_tile.Logits, Rows, _tile.Gradient, padded, size, c, b); break;
                case 6: GeneralSigmoidWholePowers<TLanes, T>.SetGradient<Power6, TSoft>(_tile.Logits, Rows, _tile.Gradient, padded, size, c, b); break;
                case 7: GeneralSigmoidWholePowers<TLanes, T>.SetGradient<Power7, TSoft>(_tile.Logits, Rows, _tile.Gradient, padded, size, c, b); break;
                case 8: GeneralSigmoidWholePowers<TLanes, T>.SetGradient<Power8, TSoft>(_tile.Logits, Rows, _tile.Gradient, padded, size, c, b); break;
                case 9: GeneralSigmoidWholePowers<TLanes, T>.SetGradient<Power9, TSoft>(_tile.Logits, Rows, _tile.Gradient, padded, size, c, b); break;
                default: GeneralSigmoidWholePowers<TLanes, T>.SetGradient<Power10, TSoft>(_tile.Logits, Rows, _tile.Gradient, padded, size, c, b); break;
            }
        }
        else if (General.HasProbability)
        {
            var size = _plan.Size < 0 ? 0 : SizeUpstream(foreground, background, _plan.Size);
            GeneralSigmoid<TLanes, T>.SetGradient<Yes, TSoft>(_tile.Logits, Rows, _tile.Gradient, padded, size, of, ofBackground);
        }
        else if (_job.Request.NegativeLogLikelihood >= 0)
        {
            GeneralSigmoid<TLanes, T>.SetGradient<No, TSoft>(_tile.Logits, Rows, _tile.Gradient, padded, 0, of, ofBackground);
        }
        else
        {
            new Span<T>(_tile.Gradient, padded).Clear();
        }
    }

    private GeneralSums SumsOf(double* numbers, int size) =>
        new(Targets(numbers), size < 0 ? null : Foreground(numbers, size), TrueClassSumsOf(numbers, -1));

    private (double Overlap, double Likelihood) TrueClassUpstream(double* numbers)
    {
        var upstream = TrueClassSumsOf(numbers, -1);
        return (upstream.Overlap == null ? 0 : *upstream.Overlap, upstream.NegativeLogLikelihood == null ? 0 : *upstream.NegativeLogLikelihood);
    }
}
