/*-------------------------------------------------------------------------
 *
 * region_rule.h
 *	  The columns of wa_region_rule by number, in the order of region_rule.sql.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WA_REGION_RULE_H
#define WA_REGION_RULE_H

enum
{
	Anum_wa_region_rule_region = 1,
	Anum_wa_region_rule_category,
	Anum_wa_region_rule_reason
};

#endif							/* WA_REGION_RULE_H */
