-- Functions of Redshift that DuckDB lacks or understands otherwise.
-- Source: https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html
-- Names are called as lab_kit.name(...); parameters are written with an underscore so that no
-- column of a query can be taken for one.

-- The last day of a month stays the last day (r_ADD_MONTHS).
CREATE OR REPLACE MACRO lab_kit.add_months(d_, n_) AS
    CASE WHEN CAST(d_ AS DATE) = last_day(CAST(d_ AS DATE))
         THEN CAST(last_day(CAST(CAST(d_ AS DATE) + to_months(CAST(n_ AS INTEGER)) AS DATE)) AS TIMESTAMP)
         ELSE CAST(d_ AS TIMESTAMP) + to_months(CAST(n_ AS INTEGER)) END;

CREATE OR REPLACE MACRO lab_kit.last_day(d_) AS last_day(CAST(d_ AS DATE));

-- Positions before the first character count towards the length (r_SUBSTRING).
CREATE OR REPLACE MACRO lab_kit.substring
    (s_, start_) AS substring(CAST(s_ AS VARCHAR), greatest(start_, 1)),
    (s_, start_, length_) AS CASE
        WHEN length_ < 0 THEN error('negative substring length not allowed')
        ELSE substring(CAST(s_ AS VARCHAR), greatest(start_, 1),
                       greatest(length_ + least(start_, 1) - 1, 0)) END;
CREATE OR REPLACE MACRO lab_kit.substr
    (s_, start_) AS lab_kit.substring(s_, start_),
    (s_, start_, length_) AS lab_kit.substring(s_, start_, length_);

CREATE OR REPLACE MACRO lab_kit.lpad
    (s_, n_) AS lpad(CAST(s_ AS VARCHAR), CAST(n_ AS INTEGER), ' '),
    (s_, n_, fill_) AS lpad(CAST(s_ AS VARCHAR), CAST(n_ AS INTEGER), CAST(fill_ AS VARCHAR));
CREATE OR REPLACE MACRO lab_kit.rpad
    (s_, n_) AS rpad(CAST(s_ AS VARCHAR), CAST(n_ AS INTEGER), ' '),
    (s_, n_, fill_) AS rpad(CAST(s_ AS VARCHAR), CAST(n_ AS INTEGER), CAST(fill_ AS VARCHAR));

CREATE OR REPLACE MACRO lab_kit.strtol(s_, base_) AS
    list_reduce(
        list_prepend(CAST(0 AS BIGINT),
            list_transform(string_split(lower(ltrim(s_, '+-')), ''),
                lambda c_: CASE WHEN strpos('0123456789abcdefghijklmnopqrstuvwxyz', c_) BETWEEN 1 AND base_
                    THEN CAST(strpos('0123456789abcdefghijklmnopqrstuvwxyz', c_) - 1 AS BIGINT)
                    ELSE error('The input ' || s_ || ' is not valid to be converted to base ' || base_) END)),
        lambda sum_, digit_: sum_ * base_ + digit_) * CASE WHEN s_ LIKE '-%' THEN -1 ELSE 1 END;

CREATE OR REPLACE MACRO lab_kit.square(x_) AS x_ * x_;
CREATE OR REPLACE MACRO lab_kit.dexp(x_) AS exp(x_);
CREATE OR REPLACE MACRO lab_kit.dlog1(x_) AS ln(x_);
CREATE OR REPLACE MACRO lab_kit.dlog10(x_) AS log10(x_);
CREATE OR REPLACE MACRO lab_kit.width_bucket(x_, low_, high_, n_) AS
    CASE WHEN x_ < low_ THEN 0 WHEN x_ >= high_ THEN n_ + 1
         ELSE CAST(floor(CAST(x_ - low_ AS DOUBLE) * n_ / (high_ - low_)) AS INTEGER) + 1 END;

CREATE OR REPLACE MACRO lab_kit.date_cmp(a_, b_) AS
    CASE WHEN a_ < b_ THEN -1 WHEN a_ > b_ THEN 1 WHEN a_ = b_ THEN 0 END;
CREATE OR REPLACE MACRO lab_kit.timestamp_cmp(a_, b_) AS lab_kit.date_cmp(a_, b_);

-- Every occurrence is replaced, counted and found, as in Redshift; the count begins at `start_`.
CREATE OR REPLACE MACRO lab_kit.regexp_count
    (s_, pattern_) AS len(regexp_extract_all(s_, pattern_)),
    (s_, pattern_, start_) AS len(regexp_extract_all(substring(s_, start_), pattern_));

-- JSON is text that names a path of keys; an index counts from 0, and from the end if negative.
CREATE OR REPLACE MACRO lab_kit.json_text(value_) AS
    CASE json_type(value_) WHEN 'NULL' THEN NULL WHEN 'VARCHAR' THEN value_ ->> '$'
         ELSE CAST(value_ AS VARCHAR) END;
CREATE OR REPLACE MACRO lab_kit.json_key(key_) AS '."' || replace(key_, '"', '\"') || '"';
CREATE OR REPLACE MACRO lab_kit.json_extract_path_text
    (j_, a_) AS lab_kit.json_text(json_extract(CAST(j_ AS JSON), '$' || lab_kit.json_key(a_))),
    (j_, a_, b_) AS lab_kit.json_text(json_extract(CAST(j_ AS JSON),
        '$' || lab_kit.json_key(a_) || lab_kit.json_key(b_))),
    (j_, a_, b_, c_) AS lab_kit.json_text(json_extract(CAST(j_ AS JSON),
        '$' || lab_kit.json_key(a_) || lab_kit.json_key(b_) || lab_kit.json_key(c_))),
    (j_, a_, b_, c_, d_) AS lab_kit.json_text(json_extract(CAST(j_ AS JSON), '$' ||
        lab_kit.json_key(a_) || lab_kit.json_key(b_) || lab_kit.json_key(c_) || lab_kit.json_key(d_))),
    (j_, a_, b_, c_, d_, e_) AS lab_kit.json_text(json_extract(CAST(j_ AS JSON), '$' ||
        lab_kit.json_key(a_) || lab_kit.json_key(b_) || lab_kit.json_key(c_) || lab_kit.json_key(d_)
        || lab_kit.json_key(e_)));
CREATE OR REPLACE MACRO lab_kit.json_extract_array_element_text(j_, place_) AS
    lab_kit.json_text(json_extract(CAST(j_ AS JSON),
        '$[' || CASE WHEN place_ < 0 THEN '#' ELSE '' END || place_ || ']'));
CREATE OR REPLACE MACRO lab_kit.is_valid_json(j_) AS json_valid(j_) AND ltrim(j_) LIKE '{%';
CREATE OR REPLACE MACRO lab_kit.is_valid_json_array(j_) AS json_valid(j_) AND ltrim(j_) LIKE '[%';
CREATE OR REPLACE MACRO lab_kit.json_serialize(j_) AS CAST(j_ AS VARCHAR);
CREATE OR REPLACE MACRO lab_kit.json_parse(j_) AS CAST(CAST(j_ AS VARCHAR) AS JSON);
CREATE OR REPLACE MACRO lab_kit.json_typeof(j_) AS
    CASE json_type(j_) WHEN 'VARCHAR' THEN 'string' WHEN 'OBJECT' THEN 'object'
         WHEN 'ARRAY' THEN 'array' WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null'
         ELSE 'number' END;
CREATE OR REPLACE MACRO lab_kit.get_array_length(j_) AS json_array_length(j_);
CREATE OR REPLACE MACRO lab_kit.split_to_array
    (s_) AS to_json(string_split(s_, ',')),
    (s_, by_) AS to_json(string_split(s_, by_));
CREATE OR REPLACE MACRO lab_kit.subarray(j_, start_, length_) AS
    to_json(list_slice(CAST(j_ AS JSON[]), start_ + 1, start_ + length_));
