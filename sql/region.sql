-- wa_region: the country of a recipient.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS wa_policy;
RESET client_min_messages;

-- Calling codes of one, two and three digits
SELECT phone, wa_region(phone::wa_recipient)
FROM (VALUES
	('12125551234'), ('79123456789'), ('201001234567'), ('4915112345678'), ('5511987654321'),
	('51912345678'), ('911234567890'), ('351912345678'), ('353850123456'), ('35796123456'), ('85251234567'),
	('971501234567'), ('998912345678'), ('38344123456')
) AS v (phone);

-- +1: Canada, the Caribbean and the territories of the United States have
-- their own; everything else is the United States, unused codes and those of
-- no place included
SELECT area, wa_region(('1' || area || '5551234')::wa_recipient)
FROM unnest('{
	204, 416, 867, 942, 600, 622, 633,
	242, 246, 264, 268, 284, 345, 441, 473, 649, 658, 664, 721, 758, 767, 784, 809, 829, 849, 868, 869, 876,
	340, 670, 671, 684, 787, 939,
	201, 212, 800, 888, 900, 500, 211, 999}'::text[]) AS area;
SELECT wa_region(('1' || area || '5551234')::wa_recipient) AS region, count(*) AS area_codes
FROM generate_series(200, 999) AS area
GROUP BY 1 ORDER BY count(*) DESC, 1;

-- Calling codes that several territories share
SELECT phone, wa_region(phone::wa_recipient)
FROM (VALUES
	('447400123456'), ('447781123456'), ('447911123456'), ('447911223456'), ('441624230123'), ('447700312345'),
	('77710009998'), ('76210009998'), ('39312345678'), ('39066981234'), ('4740612345'), ('4779123456'),
	('358412345678'), ('35818123456'), ('61412345678'), ('61891621234'), ('61891641234'), ('262692123456'),
	('262639012345'), ('5999123456'), ('5993181234'), ('2908999'), ('29051234')
) AS v (phone);

-- Codes of no country, and codes that are nobody's
SELECT phone, wa_region(phone::wa_recipient)
FROM (VALUES ('80012345678'), ('870773111632'), ('88112345678'), ('88812345678'), ('979123456789'),
	('2101234567'), ('9991234567')) AS v (phone);

-- A business-scoped user id says it itself
SELECT wa_region('US.13491208655302741918'), wa_region('BR.ENT.11815799212886844830') AS parent,
	wa_region('ZZ.1') AS as_it_is, wa_region(NULL) IS NULL AS null_is_null;

-- What a folded number was does not matter
SELECT wa_region('+52 1 55 1234 5678'), wa_region('+54 9 11 2345-6789'), wa_region('+55 11 8765-4321');

SELECT provolatile, proisstrict, proparallel FROM pg_proc WHERE oid = 'wa_region(wa_recipient)'::regprocedure;
